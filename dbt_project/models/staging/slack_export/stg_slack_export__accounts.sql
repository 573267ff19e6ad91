{{ slack_accounts('slack_export') }}
