/// The icons of stepping, on the field of icons/shapes.js. They point along time, which runs from left to right in every language.

export const SHAPES = {
  to_start: ['M19 12H9', 'M13 8l-4 4l4 4', 'M5 6v12'],
  out_back: ['M18 19V9H6', 'M10 5L6 9l4 4'],
  over_back: ['M20 14a8 6.5 0 0 0-15-2', 'M4 7v5h5', 'M12.5 18h.01'],
  line_back: ['M19 12H6', 'M10 8l-4 4l4 4'],
  line: ['M5 12h13', 'M14 8l4 4l-4 4'],
  over: ['M4 14a8 6.5 0 0 1 15-2', 'M20 7v5h-5', 'M11.5 18h.01'],
  out: ['M6 19V9h12', 'M14 5l4 4l-4 4'],
  to_end: ['M5 12h10', 'M11 8l4 4l-4 4', 'M19 6v12'],
  stop_back: ['M7 9a3 3 0 1 1 0 6a3 3 0 0 1 0-6z', 'M21 12h-8', 'M16 9l-3 3l3 3'],
  stop_next: ['M17 9a3 3 0 1 1 0 6a3 3 0 0 1 0-6z', 'M3 12h8', 'M8 9l3 3l-3 3'],
};
