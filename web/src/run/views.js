/**
 * Live views over the numbers of a frame: made once a run, reading the newest frame through getters, so that drawing sixty times a second
 * allocates nothing.
 */

/** @typedef {import('../types.js').RunLayout} RunLayout */

/**
 * Makes a class whose instances read the columns at an offset of the current numbers.
 * @param {string[]} columns
 * @param {{ numbers: Float64Array }} source
 */
function viewClass(columns, source) {
  class View {
    /** @param {number} offset */
    constructor(offset) {
      Object.defineProperty(this, 'offset', { value: offset });
    }
  }
  columns.forEach((name, index) => {
    Object.defineProperty(View.prototype, name, {
      enumerable: true,
      get() { return source.numbers[this.offset + index]; },
    });
  });
  return View;
}

/**
 * @param {RunLayout} layout
 * @returns {{ frame: import('../types.js').Frame, show: (numbers: Float64Array) => void }}
 */
export function createFrameView(layout) {
  const source = { numbers: new Float64Array(0) };
  const { header, node, edge } = layout.frame;
  const Header = viewClass(header, source);
  const Node = viewClass(node, source);
  const Edge = viewClass(edge, source);
  const nodesAt = header.length;
  const edgesAt = nodesAt + layout.nodes.length * node.length;
  const nodes = new Map(layout.nodes.map((id, index) => [id, /** @type {any} */ (new Node(nodesAt + index * node.length))]));
  const edges = layout.edges.map((_, index) => /** @type {any} */ (new Edge(edgesAt + index * edge.length)));
  return {
    frame: {
      header: /** @type {any} */ (new Header(0)),
      node: (id) => nodes.get(id) ?? null,
      edge: (index) => edges[index] ?? null,
    },
    show: (numbers) => { source.numbers = /** @type {any} */ (numbers); },
  };
}

const COLUMN_AT_FIRST = 1024;

/**
 * The timeline: rows are kept as they come, for a large design has tens of thousands of columns, of which few are ever looked at; a column
 * is gathered when it is asked for, and from then on only what is new of it.
 * @param {readonly string[]} columns
 * @param {number} interval_s
 * @param {readonly Float64Array[]} [first] rows that it begins with
 * @returns {import('../types.js').Timeline & { copy: (count: number) => any, add: (values: Float64Array, first: number) => number }}
 */
export function createTimeline(columns, interval_s, first = []) {
  /** @type {Float64Array[]} */
  const data = [...first];
  const indexOf = new Map(columns.map((name, index) => [name, index]));
  const none = new Float64Array(0);
  /** @type {Map<number, { values: Float64Array, filled: number }>} columns that were asked for */
  const gathered = new Map();

  /** @param {number} index */
  function gather(index) {
    let of = gathered.get(index);
    if (!of) {
      of = { values: new Float64Array(COLUMN_AT_FIRST), filled: 0 };
      gathered.set(index, of);
    }
    if (data.length > of.values.length) {
      let capacity = of.values.length;
      while (capacity < data.length) capacity *= 2;
      const grown = new Float64Array(capacity);
      grown.set(of.values);
      of.values = grown;
    }
    for (let row = of.filled; row < data.length; row += 1) of.values[row] = data[row]?.[index] ?? NaN;
    of.filled = data.length;
    return of.values.subarray(0, data.length);
  }

  return {
    columns,
    interval_s,
    get rows() { return data.length; },
    has: (/** @type {string} */ name) => indexOf.has(name),
    /** @param {string} name */
    column(name) {
      const at = indexOf.get(name);
      return at === undefined ? none : gather(at);
    },
    /** One value; NaN where there is none. @param {string} name @param {number} row */
    at: (name, row) => data[row]?.[indexOf.get(name) ?? -1] ?? NaN,
    /** How many rows there were at a time. @param {number} time_s */
    rowsAt(time_s) {
      const at = indexOf.get('time_s') ?? -1;
      let low = 0;
      for (let high = data.length; low < high;) {
        const middle = (low + high) >> 1;
        if ((data[middle]?.[at] ?? NaN) <= time_s) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    /** A timeline of its own with the first rows of this one. @param {number} count */
    copy: (count) => createTimeline(columns, interval_s, data.slice(0, count)),
    /**
     * Takes rows from `first` on, in the place of those that are there. The values belong to it from then on.
     * @param {Float64Array} values
     * @param {number} first
     */
    add(values, first) {
      const width = columns.length;
      const added = width === 0 ? 0 : values.length / width;
      if (added > 0 && first < data.length) gathered.clear();
      for (let row = 0; row < added; row += 1) data[first + row] = values.subarray(row * width, (row + 1) * width);
      return added;
    },
  };
}
