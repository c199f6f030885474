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

const ROWS_AT_FIRST = 1024;

/**
 * The timeline, kept by column, growing by doubling.
 * @param {readonly string[]} columns
 * @param {number} interval_s
 */
export function createTimeline(columns, interval_s) {
  let capacity = ROWS_AT_FIRST;
  let rows = 0;
  /** @type {Float64Array[]} */
  let data = columns.map(() => new Float64Array(capacity));
  const indexOf = new Map(columns.map((name, index) => [name, index]));
  const none = new Float64Array(0);
  return {
    columns,
    interval_s,
    get rows() { return rows; },
    has: (/** @type {string} */ name) => indexOf.has(name),
    /** @param {string} name */
    column(name) {
      const at = indexOf.get(name);
      return at === undefined ? none : (data[at] ?? none).subarray(0, rows);
    },
    /** How many rows there were at a time. @param {number} time_s */
    rowsAt(time_s) {
      const times = data[indexOf.get('time_s') ?? -1] ?? none;
      let low = 0;
      for (let high = rows; low < high;) {
        const middle = (low + high) >> 1;
        if (/** @type {number} */ (times[middle]) <= time_s) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    /** A timeline of its own with the first rows of this one. @param {number} count */
    copy(count) {
      const other = createTimeline(columns, interval_s);
      const values = new Float64Array(count * columns.length);
      data.forEach((column, index) => { for (let row = 0; row < count; row += 1) values[row * columns.length + index] = column[row] ?? NaN; });
      other.add(values, 0);
      return other;
    },
    /**
     * Writes rows from `first` on.
     * @param {Float64Array} values
     * @param {number} first
     */
    add(values, first) {
      const added = columns.length === 0 ? 0 : values.length / columns.length;
      while (first + added > capacity) {
        capacity *= 2;
        data = data.map((/** @type {Float64Array} */ old) => {
          const grown = new Float64Array(capacity);
          grown.set(old);
          return grown;
        });
      }
      for (let row = 0; row < added; row += 1) {
        data.forEach((column, index) => { column[first + row] = values[row * columns.length + index] ?? NaN; });
      }
      rows = Math.max(rows, first + added);
      return added;
    },
  };
}
