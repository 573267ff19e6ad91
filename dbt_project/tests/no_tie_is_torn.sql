-- accounts that share a tie are one person
select ties.tie
from {{ ref('int_account_ties') }} as ties
inner join {{ ref('int_account_links') }} as links
    on ties.account_key = links.account_key
group by ties.tie
having count(distinct links.member_key) > 1
