-- what one act of each kind weighs: dbt vars reach_weights and reach_half_life_days
{{ reach_weight_rows() }}
