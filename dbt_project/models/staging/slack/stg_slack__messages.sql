{{ slack_messages('slack') }}
