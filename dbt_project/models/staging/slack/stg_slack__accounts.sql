{{ slack_accounts('slack') }}
