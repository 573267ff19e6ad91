{{ slack_counts('slack') }}
