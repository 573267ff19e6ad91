{{ slack_memberships('slack') }}
