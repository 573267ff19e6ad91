-- a scope is led by one ranking at most, and by the same at all its origins
select scope
from {{ ref('reach_backtest') }}
where is_winner
group by scope
having count(distinct ranking) > 1
