{{ slack_messages('slack_export') }}
