{{ slack_reactions('slack') }}
