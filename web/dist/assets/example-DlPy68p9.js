var e=Object.fromEntries(Object.entries(Object.assign({"../../../examples/bakery/datapackage.json":`{
  "profile": "tabular-data-package",
  "name": "bakery",
  "title": "The bakery: ten goods, to be checked by hand",
  "licenses": [{"name": "CC0-1.0", "title": "Creative Commons Zero 1.0"}],
  "resources": [
    {"name": "goods", "path": "goods.csv", "profile": "tabular-data-resource"},
    {"name": "recipes", "path": "recipes.csv", "profile": "tabular-data-resource"},
    {"name": "flows", "path": "flows.csv", "profile": "tabular-data-resource"},
    {"name": "resources", "path": "resources.csv", "profile": "tabular-data-resource"},
    {"name": "uses", "path": "uses.csv", "profile": "tabular-data-resource"},
    {"name": "needs", "path": "needs.csv", "profile": "tabular-data-resource"},
    {"name": "trade", "path": "trade.csv", "profile": "tabular-data-resource"}
  ]
}
`,"../../../examples/bakery/flows.csv":`recipe,good,amount
bread_hand,bread,100
bread_hand,flour,-50
bread_hand,yeast,-2
bread_machine,bread,100
bread_machine,flour,-50
bread_machine,power,-20
bread_machine,yeast,-2
cake,butter,-2
cake,cake,10
cake,flour,-20
cake,jam,-2
cake,power,-4
farm,wheat,240
fruit,fruit,1
jam,fruit,-5
jam,jam,10
mill,bran,20
mill,flour,100
mill,wheat,-120
power,power,10
yeast,yeast,1
`,"../../../examples/bakery/goods.csv":`good,name,unit,group
bran,bran,kg,farm
bread,bread,loaf,bakery
butter,butter,kg,farm
cake,cake,cake,bakery
flour,flour,kg,mill
fruit,fruit,kg,farm
jam,jam,jar,bakery
power,electricity,kWh,power
wheat,wheat,kg,farm
yeast,yeast,kg,bakery
`,"../../../examples/bakery/needs.csv":`good,tier,group,amount
bread,1,households,800
bread,1,school,200
bran,1,animals,100
cake,2,households,80
cake,2,festival,20
`,"../../../examples/bakery/recipes.csv":`recipe,name
bread_hand,bread by hand (100 loaves)
bread_machine,bread with the machine (100 loaves)
cake,cake (10 cakes)
farm,a plot of wheat
fruit,picking fruit
jam,jam (10 jars)
mill,milling
power,water wheel
yeast,growing yeast
`,"../../../examples/bakery/resources.csv":`resource,name,unit,kind,available
bakers,work of bakers,hours,labour,75
foreign_exchange,foreign exchange,crowns,money,60
others,other work,hours,labour,40
oven,hours of the oven,hours,equipment,21
`,"../../../examples/bakery/trade.csv":`good,import_price,import_limit
butter,5,50
`,"../../../examples/bakery/uses.csv":`recipe,resource,amount
bread_hand,bakers,8
bread_hand,oven,1
bread_machine,bakers,3
bread_machine,oven,2
cake,bakers,5
cake,oven,1
farm,others,2.4
fruit,others,0.2
jam,others,1
mill,others,0.8
power,others,0.5
yeast,others,0.5
`})).map(([e,t])=>[e.slice(e.lastIndexOf(`/`)+1),t]));export{e as BAKERY};