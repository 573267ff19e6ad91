{{ slack_memberships('slack_export') }}
