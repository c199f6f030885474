/** The words around a node's code. */
export default {
  'code.label': 'Code of {node}',
  'code.sum': '{n|# time|# times} run, {cpu} s of processor time, {each} µs each, {errors|# error|# errors}',
  'code.breach': '{name}: {n|# time|# times}',
  'code.metric': 'Measured',
  'code.count': 'Count',
  'code.mean': 'Mean',
  'code.max': 'Most',
  'code.log': 'Last lines of the log',
  'code.to_moment': 'Go to this moment',
};
