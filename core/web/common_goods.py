"""Goods that people often buy abroad, by name, so that nobody needs to know an HS code."""

from __future__ import annotations

from typing import NamedTuple

from core.shared.text import Text


class CommonGoods(NamedTuple):
    """A kind of goods and the subheading of HS 2022 under which it usually comes."""

    hs_code: str
    name: Text


COMMON_GOODS: tuple[CommonGoods, ...] = (
    CommonGoods("190110", Text("Infant formula", "婴幼儿配方奶粉", "嬰幼兒配方奶粉")),
    CommonGoods("090121", Text("Coffee, roasted", "烘焙咖啡", "烘焙咖啡")),
    CommonGoods("180690", Text("Chocolate", "巧克力", "巧克力")),
    CommonGoods(
        "210690", Text("Food supplements, vitamins", "保健食品、维生素", "保健食品、維生素")
    ),
    CommonGoods("220421", Text("Wine in bottles", "瓶装葡萄酒", "瓶裝葡萄酒")),
    CommonGoods("220830", Text("Whisky", "威士忌", "威士忌")),
    CommonGoods("330499", Text("Skin care", "护肤品", "保養品")),
    CommonGoods("330410", Text("Lipstick", "口红", "口紅")),
    CommonGoods("330300", Text("Perfume", "香水", "香水")),
    CommonGoods("330510", Text("Shampoo", "洗发水", "洗髮精")),
    CommonGoods("961900", Text("Nappies", "纸尿裤", "紙尿褲")),
    CommonGoods("610910", Text("T-shirt of cotton", "棉制T恤", "棉製T恤")),
    CommonGoods("640399", Text("Shoes of leather", "皮鞋", "皮鞋")),
    CommonGoods(
        "640411", Text("Sports shoes of fabric", "运动鞋（纺织鞋面）", "運動鞋（紡織鞋面）")
    ),
    CommonGoods("420221", Text("Handbag of leather", "皮革手提包", "皮革手提包")),
    CommonGoods("900410", Text("Sunglasses", "太阳镜", "太陽眼鏡")),
    CommonGoods("910211", Text("Wristwatch, quartz", "石英手表", "石英手錶")),
    CommonGoods("711319", Text("Jewellery of gold or platinum", "金、铂首饰", "金、鉑首飾")),
    CommonGoods("851713", Text("Smartphone", "智能手机", "智慧型手機")),
    CommonGoods("851830", Text("Headphones", "耳机", "耳機")),
    CommonGoods("847130", Text("Laptop, tablet", "笔记本、平板电脑", "筆記型電腦、平板電腦")),
    CommonGoods("852589", Text("Camera", "相机", "相機")),
    CommonGoods("850980", Text("Electric toothbrush", "电动牙刷", "電動牙刷")),
    CommonGoods("851631", Text("Hair dryer", "吹风机", "吹風機")),
    CommonGoods("950300", Text("Toys", "玩具", "玩具")),
    CommonGoods("490199", Text("Books", "图书", "圖書")),
    CommonGoods("871200", Text("Bicycle", "自行车", "自行車")),
)
