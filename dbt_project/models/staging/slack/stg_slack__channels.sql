{{ slack_channels('slack') }}
