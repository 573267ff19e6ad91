{{ slack_counts('slack_export') }}
