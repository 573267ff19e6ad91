{{ slack_reactions('slack_export') }}
