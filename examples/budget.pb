META
key;value
description;What the neighbourhood does with 2500
budget;2500
vote_type;approval
num_projects;5
num_votes;10
PROJECTS
project_id;name;cost
1;Library in the old station;600
2;Football field;800
4;Theatre in the yard;1400
5;Swimming lessons;1000
7;Evening school;1200
VOTES
voter_id;vote
1;1,2,4
2;1,2
3;2,4,5
4;5,7
5;1,4,7
6;1,7
7;5
8;4
9;2,4,5
10;4,5
