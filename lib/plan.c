/* SPDX-License-Identifier: Apache-2.0
 *
 * Breadth-first over the versions of one model: the first layer that reaches the target has the
 * fewest hops, and within a layer each version keeps its cheapest way in. It does not know where
 * versions come from. */
#include "lib/plan.h"

#include <string.h>

/* How many versions a refusal names. */
#define NAMED_MAX 5

typedef struct {
	const char *version;
	guint layer;       /* hops from the start; G_MAXUINT: not reached */
	guint64 bytes;     /* of the best way in */
	const Package *by; /* its last hop; NULL at the start */
	guint before;      /* index of the node before that hop */
} Node;

typedef struct {
	const Package *package;
	guint from, to; /* indices of nodes */
} Edge;

typedef struct {
	GArray *nodes; /* of Node; the first is the start */
	GArray *edges; /* of Edge */
} Graph;

void plan_free(Plan *plan)
{
	if (!plan)
		return;
	g_free(plan->hops);
	g_free(plan->refusal);
	g_free(plan);
}

/* Length of the run of digits at `text` without its leading zeros, of which `*zeros` are
 * skipped. */
static gsize digits(const char *text, gsize *zeros)
{
	*zeros = strspn(text, "0");
	return strspn(text + *zeros, G_CSET_DIGITS);
}

int plan_version_compare(const char *a, const char *b)
{
	while (*a && *b) {
		gsize zeros_a, zeros_b, len_a, len_b;
		int order;

		if (!g_ascii_isdigit(*a) || !g_ascii_isdigit(*b)) {
			if (*a != *b)
				return (guchar)*a - (guchar)*b;
			a++;
			b++;
			continue;
		}
		len_a = digits(a, &zeros_a);
		len_b = digits(b, &zeros_b);
		if (len_a != len_b)
			return len_a < len_b ? -1 : 1;
		order = memcmp(a + zeros_a, b + zeros_b, len_a);
		if (order != 0)
			return order;
		a += zeros_a + len_a;
		b += zeros_b + len_b;
	}
	return (guchar)*a - (guchar)*b;
}

static guint find_node(const Graph *graph, const Model *model, const char *version)
{
	for (guint i = 0; i < graph->nodes->len; i++)
		if (model_version_is(model, g_array_index(graph->nodes, Node, i).version, version))
			return i;
	return G_MAXUINT;
}

static guint add_node(Graph *graph, const Model *model, const char *version)
{
	Node node = { .version = version, .layer = G_MAXUINT };
	guint found = find_node(graph, model, version);

	if (found != G_MAXUINT)
		return found;
	g_array_append_val(graph->nodes, node);
	return graph->nodes->len - 1;
}

/* The versions of a model and the packages between them, those to an older version only where that
 * is allowed. */
static void build_graph(Graph *graph, const Catalog *catalog, const Model *model, const char *start)
{
	bool downgrade = catalog_downgrade(catalog, model->name);

	graph->nodes = g_array_new(FALSE, FALSE, sizeof(Node));
	graph->edges = g_array_new(FALSE, FALSE, sizeof(Edge));
	add_node(graph, model, start);
	for (guint i = 0; i < catalog_packages(catalog); i++) {
		Edge edge = { .package = catalog_package(catalog, i) };

		if (strcmp(edge.package->model, model->name) != 0)
			continue;
		if (!downgrade && plan_version_compare(edge.package->to, edge.package->from) < 0)
			continue;
		edge.from = add_node(graph, model, edge.package->from);
		edge.to = add_node(graph, model, edge.package->to);
		g_array_append_val(graph->edges, edge);
	}
}

/* Order by name of the chains that end in these two hops; both chains are of one length. */
static int compare_names(const Graph *graph, guint before_a, const Package *a, guint before_b,
			 const Package *b)
{
	if (before_a != before_b) {
		const Node *node_a = &g_array_index(graph->nodes, Node, before_a);
		const Node *node_b = &g_array_index(graph->nodes, Node, before_b);
		int order = compare_names(graph, node_a->before, node_a->by, node_b->before,
					  node_b->by);

		if (order != 0)
			return order;
	}
	return strcmp(a->name, b->name);
}

/* What a vendor's service sends is of unknown size: it counts as more than anything whose size is known. */
static guint64 bytes_of(const Package *package)
{
	return package->kind == PACKAGE_CLOUD ? (guint64)1 << 32 : package->size;
}

/* Makes `edge` the way into its node where it is the best so far. True: the node was reached for
 * the first time. */
static bool relax(Graph *graph, const Edge *edge, guint layer)
{
	const Node *from = &g_array_index(graph->nodes, Node, edge->from);
	Node *to = &g_array_index(graph->nodes, Node, edge->to);
	guint64 bytes = from->bytes + bytes_of(edge->package);
	bool first = to->layer == G_MAXUINT;

	if (from->layer != layer - 1 || to->layer < layer)
		return false;
	if (!first && (bytes > to->bytes ||
		       (bytes == to->bytes &&
			compare_names(graph, edge->from, edge->package, to->before, to->by) > 0)))
		return false;
	to->layer = layer;
	to->bytes = bytes;
	to->by = edge->package;
	to->before = edge->from;
	return first;
}

/* Reaches what can be reached, layer by layer, until the target is (its layer is finished
 * first). */
static void search(Graph *graph, guint target)
{
	bool more = true;

	g_array_index(graph->nodes, Node, 0).layer = 0;
	for (guint layer = 1; more; layer++) {
		more = false;
		for (guint i = 0; i < graph->edges->len; i++)
			more |= relax(graph, &g_array_index(graph->edges, Edge, i), layer);
		more = more && g_array_index(graph->nodes, Node, target).layer == G_MAXUINT;
	}
}

static void collect(Plan *plan, const Graph *graph, guint target)
{
	const Node *node = &g_array_index(graph->nodes, Node, target);

	plan->n_hops = node->layer;
	plan->hops = g_new0(const Package *, plan->n_hops);
	for (guint i = plan->n_hops; i-- > 0;
	     node = &g_array_index(graph->nodes, Node, node->before))
		plan->hops[i] = node->by;
}

/* "A01, A02 and 3 more": the versions that packages of the graph start from. NULL: there are none.
 * Free with g_free. */
static char *list_starts(const Graph *graph)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < graph->edges->len; i++) {
		guint from = g_array_index(graph->edges, Edge, i).from;

		if (g_hash_table_add(seen, GUINT_TO_POINTER(from)) &&
		    g_hash_table_size(seen) <= NAMED_MAX)
			g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "",
					       g_array_index(graph->nodes, Node, from).version);
	}
	if (g_hash_table_size(seen) > NAMED_MAX)
		g_string_append_printf(text, " and %u more", g_hash_table_size(seen) - NAMED_MAX);
	return g_string_free(text, text->len == 0);
}

static bool leaves_start(const Graph *graph)
{
	for (guint i = 0; i < graph->edges->len; i++)
		if (g_array_index(graph->edges, Edge, i).from == 0)
			return true;
	return false;
}

static char *explain_refusal(const Graph *graph, const Catalog *catalog, const Model *model,
			     const char *version, const char *target)
{
	g_autofree char *starts = list_starts(graph);

	if (!catalog_downgrade(catalog, model->name) && plan_version_compare(target, version) < 0)
		return g_strdup_printf(
			"%s is older than %s, and the catalogue allows no downgrade of %s", target,
			version, model->name);
	if (!starts)
		return g_strdup_printf("the catalogue has no package for %s", model->name);
	if (!leaves_start(graph))
		return g_strdup_printf("no package for %s starts from %s; packages start from %s",
				       model->name, version, starts);
	return g_strdup_printf(
		"no chain of packages for %s leads from %s to %s; packages start from %s",
		model->name, version, target, starts);
}

Plan *plan_make(const Catalog *catalog, const Model *model, const char *version, const char *target)
{
	Plan *plan = g_new0(Plan, 1);
	Graph graph;
	guint goal;

	if (!target) {
		plan->refusal = g_strdup_printf("the catalogue has no target for %s", model->name);
		return plan;
	}
	if (model_version_is(model, version, target))
		return plan;
	build_graph(&graph, catalog, model, version);
	goal = add_node(&graph, model, target);
	search(&graph, goal);
	if (g_array_index(graph.nodes, Node, goal).layer != G_MAXUINT)
		collect(plan, &graph, goal);
	else
		plan->refusal = explain_refusal(&graph, catalog, model, version, target);
	g_array_unref(graph.nodes);
	g_array_unref(graph.edges);
	return plan;
}
