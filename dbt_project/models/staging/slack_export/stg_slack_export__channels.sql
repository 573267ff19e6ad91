{{ slack_channels('slack_export') }}
