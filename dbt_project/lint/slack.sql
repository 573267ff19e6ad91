{#- stand-ins for the staging macros of Slack -#}
{% macro slack_accounts(platform) %}select source from {{ source('raw_' ~ platform, 'accounts') }}{% endmacro %}
{% macro slack_channels(platform) %}select source from {{ source('raw_' ~ platform, 'channels') }}{% endmacro %}
{% macro slack_messages(platform) %}select source from {{ source('raw_' ~ platform, 'messages') }}{% endmacro %}
{% macro slack_reactions(platform) %}select source from {{ source('raw_' ~ platform, 'reactions') }}{% endmacro %}
{% macro slack_memberships(platform) %}select source from {{ source('raw_' ~ platform, 'memberships') }}{% endmacro %}
{% macro slack_counts(platform) %}select source from {{ source('raw_' ~ platform, 'counts') }}{% endmacro %}
