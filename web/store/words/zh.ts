import type { Words } from "./en.ts";

const DEPARTMENTS: Readonly<Record<string, string>> = {
	clothing: "服装",
	footwear: "鞋包",
	kitchen: "厨房",
	beauty: "美妆",
	outdoors: "户外",
	stationery: "文具",
	toys: "玩具",
	garden: "园艺",
	home: "家居",
};
const SEASONS: Readonly<Record<string, string>> = {
	spring: "适合春季",
	summer: "适合夏季",
	autumn: "适合秋季",
	winter: "适合冬季",
	"all year": "四季皆宜",
};
const STYLES: Readonly<Record<string, string>> = {
	classic: "经久耐用。",
	minimal: "没有一处多余。",
	playful: "轻松有趣。",
	rustic: "质朴自然，略带粗犷。",
	sporty: "随时出发。",
};
const PATTERNS: Readonly<Record<string, string>> = { plain: "纯色", stripes: "条纹", dots: "圆点", check: "格纹", sprig: "碎花" };
const EVENTS: Readonly<Record<string, string>> = {
	impression: "看见",
	view: "浏览",
	click: "点击",
	cart: "加入购物车",
	uncart: "移出购物车",
	purchase: "购买",
	search: "搜索",
	dismiss: "不感兴趣",
};

export const ZH: Words = {
	shop: "Edgeshelf",
	tagline: "演示商店",
	skip: "跳到内容",
	search: "搜索",
	searchHint: "想找点什么？",
	departments: "部门",
	department: (key) => DEPARTMENTS[key] ?? key,
	cart: "购物车",
	otherLanguage: "English",
	home: "首页",
	breadcrumb: "当前位置",
	footer: "商品均为虚构，图片由程序绘制，不可购买。",
	apiDocs: "接口",

	heroTitle: "好物，相伴而来",
	heroText: "这家商店在离您最近的网络边缘，从您此刻浏览的内容中学习，而无需知道您是谁。",
	heroAction: "选购服装",
	heroSecond: "家居好物",
	forYou: "为您推荐",
	trending: "正在流行",
	trendingIn: (category) => `流行${category}`,
	fresh: "新品上架",
	recent: "您看过的",
	categories: "按类别选购",
	productsIn: (count) => `${count} 件商品`,

	colour: "颜色",
	size: "尺码",
	material: "材质",
	brand: "品牌",
	category: "类别",
	price: "价格",
	details: "商品详情",
	pattern: "图案",
	patternOf: (pattern) => PATTERNS[pattern] ?? pattern,
	tale: (form, material, pattern, style, season) =>
		`${material}${pattern === "plain" ? "" : PATTERNS[pattern]}${form}，${SEASONS[season] ?? ""}。${STYLES[style] ?? ""}`,
	inStock: "有货",
	lastPieces: (count) => `仅剩 ${count} 件`,
	soldOut: "售罄",
	addToCart: "加入购物车",
	added: "已加入购物车",
	toCart: "查看购物车",
	boughtTogether: "经常一起购买",
	similar: "相似商品",
	colours: (count) => `${count} 种颜色`,
	sizes: (count) => `${count} 种规格`,
	noProduct: "商店中没有此商品",
	noProductText: "它可能已下架。看看大家喜欢的商品吧。",

	cartTitle: "您的购物车",
	cartEmpty: "购物车是空的",
	cartEmptyText: "您添加的商品只保存在此浏览器中。",
	goesWithCart: "与购物车中的商品搭配",
	pieces: "数量",
	remove: "移除",
	removeTitled: (title) => `移除${title}`,
	piecesOf: (title) => `${title}的数量`,
	total: "合计",
	checkout: "立即购买",
	checkoutText: "这是演示：不会扣款，也不会发货。",
	bought: "感谢您的订购",
	boughtText: "没有扣款，也不会发货：这只是演示。",
	keepShopping: "继续购物",

	resultsFor: (query) => `“${query}”的搜索结果`,
	noResults: (query) => `没有与“${query}”匹配的商品`,
	noResultsText: "请减少或更换关键词，或看看大家喜欢的商品。",
	searchEmpty: "搜索商店",
	searchFallback: "搜索服务没有回应：以下是标题中含有这些词的商品。",
	corrected: (query) => `显示“${query}”的结果。`,
	without: (words) => `没有商品包含所有关键词：以下商品不含${words}。`,
	suggestions: "建议",
	filter: "筛选",
	filterWith: (count) => (count === 0 ? "筛选" : `筛选（${count}）`),
	clearFilter: "全部清除",
	onlyInStock: "仅显示有货",
	priceBand: (from, to) => (from === null ? `${to} 以下` : to === null ? `${from} 以上` : `${from} 至 ${to}`),
	noneLeft: "没有符合这些条件的商品。",
	showMore: "显示更多",

	consentTitle: "可以让商店从您的访问中学习吗？",
	consentText: "如果您同意，您在此的操作会记在此浏览器中，并在不含姓名、账户或 Cookie 的情况下发送给商店。",
	yes: "同意",
	no: "不同意",
	panel: "商店知道什么",
	panelText: "此页面告诉服务器的一切，以及没有告诉的。",
	close: "关闭",
	yourWord: "您的选择",
	wordYes: "同意：从本次访问中学习",
	wordNo: "不同意：不告诉服务器任何关于我的事",
	wordYesText: "您的历史随每次提问一起发送，您的操作也会发送，并记在此浏览器中。",
	wordNoText: "不发送也不保存任何关于您的内容。货架与所有人看到的相同。",
	wordUnsaid: "尚未询问：您的历史随提问一起发送，服务器不会保存。不发送任何需要保存的内容，也不在浏览器中存储。",
	privacyAsked: "您的浏览器要求所有网站不进行跟踪（全球隐私控制）。无论您如何选择，都不会发送或保存任何关于您的内容。",
	told: "告诉了服务器",
	toldText: "自此页面加载以来，最新的在前。",
	toldNothing: "还没有。",
	toldPublic: "所有人都能看到的列表：与您无关",
	toldHistory: (entries) => `一次提问，附带 ${entries} 条历史：只读取，不保存`,
	toldNoHistory: "一次不带历史的提问",
	toldEvents: (types) => `将被保存：${types}`,
	event: (type) => EVENTS[type] ?? type,
	bytes: (count) => `${count} 字节`,
	notTold: "没有告诉",
	notToldList: [
		"您的姓名、地址或账户：根本没有",
		"Cookie：不设置，也不发送",
		"您昨天是谁：访问的随机编号半小时不用即失效，其哈希值每天更换",
		"您的网络地址和浏览器：只在入口处用于判断国家和设备类型，随后丢弃",
		"您输入的文字，除非是商品目录中的词",
	],
	history: "您的历史",
	historyText: "它保存在此浏览器中，服务器不保存。",
	historyNone: "还没有。看一件商品，货架就会随之变化。",
	forget: "全部忘记",
	dismissedTitle: "不再显示",
	showAgain: "再次显示",
	showAgainTitled: (title) => `再次显示${title}`,
	portrait: "您的历史说明了什么",
	portraitText: "在您打开时由服务器绘制，不保存在任何地方。",
	portraitNone: "信息还不够。",
	sure: (share) => `把握 ${Math.round(share * 100)}%`,

	shelf: {
		region: "推荐商品",
		dismiss: (title) => `对${title}不感兴趣`,
		dismissed: (title) => `不再显示${title}。`,
		nothing: "这里暂时没有内容。",
		reason(reason, titleOf) {
			const title = "item" in reason ? titleOf(reason.item) : undefined;
			switch (reason.kind) {
				case "because":
					return title === undefined ? "为您挑选" : `因为您看过${title}`;
				case "searched":
					return `您搜索过${reason.query}`;
				case "personal":
					return "为您挑选";
				case "similar":
					return title === undefined ? "相似" : `与${title}相似`;
				case "bought-together":
					return title === undefined ? "经常一起购买" : `常与${title}一起购买`;
				case "trending":
					return "正在流行";
				case "new":
					return "新品";
				case "popular":
					return "热门";
				case "viewed":
					return "您看过";
				case "bought":
					return "您买过";
				case "rule":
					return "本店推荐";
			}
		},
	},
};
