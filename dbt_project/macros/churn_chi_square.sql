{#- the chance that a chi-square of one degree of freedom exceeds the statistic, erfc(x) with x = sqrt(statistic / 2).
    Below 8 by the series of erf, where 1 - erf keeps its digits; above by the trapezoidal sum of Chiarella and Reichel
    (Math. Comp. 22, 1968) with step 1/2. Sums written out flat: parsers dislike deep nesting -#}
{% macro churn_chi_square_tail(statistic) -%}
    {%- set x = 'sqrt(' ~ statistic ~ ' / 2.0)' -%}
    {%- set odd = namespace(product=1.0) -%}
    case
        when {{ statistic }} < 8.0 then
            1.0 - 2.0 / sqrt(pi()) * exp(-{{ statistic }} / 2.0) * {{ x }} * (
                1.0
                {%- for n in range(1, 46) %}
                {%- set odd.product = odd.product * (2 * n + 1) %}
                + power({{ statistic }}, {{ n }}) / {{ odd.product }}
                {%- endfor %}
            )
        else
            exp(-{{ statistic }} / 2.0) * {{ x }} / pi() * (
                1.0 / {{ statistic }}
                {%- for n in range(1, 14) %}
                + exp(-{{ n * n / 4.0 }}) / ({{ n * n / 4.0 }} + {{ statistic }} / 2.0)
                {%- endfor %}
            )
            - case when {{ statistic }} < 70.0 then 2.0 / (exp(4.0 * pi() * {{ x }}) - 1.0) else 0.0 end
    end
{%- endmacro %}
