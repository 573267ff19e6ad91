{#- the chance that a chi-square of one degree of freedom exceeds the statistic: erfc(sqrt(x / 2)), by the series below 8
    (where 1 - erf keeps 13 digits of what is above 0.004) and by the continued fraction above; both nested as text -#}
{% macro churn_chi_square_tail(statistic) -%}
    {%- set series = namespace(text='1.0') -%}
    {%- for n in range(45, 0, -1) -%}
        {%- set series.text = '(1.0 + ' ~ statistic ~ ' / ' ~ (2 * n + 1) ~ '.0 * ' ~ series.text ~ ')' -%}
    {%- endfor -%}
    {%- set x = 'sqrt(' ~ statistic ~ ' / 2.0)' -%}
    {%- set fraction = namespace(text=x) -%}
    {%- for n in range(50, 0, -1) -%}
        {%- set fraction.text = '(' ~ x ~ ' + ' ~ (n / 2.0) ~ ' / ' ~ fraction.text ~ ')' -%}
    {%- endfor -%}
    case
        when {{ statistic }} < 8.0
            then 1.0 - 2.0 / sqrt(pi()) * exp(-{{ statistic }} / 2.0) * {{ x }} * {{ series.text }}
        else exp(-{{ statistic }} / 2.0) / sqrt(pi()) / {{ fraction.text }}
    end
{%- endmacro %}
