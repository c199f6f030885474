export default {
  'app.later_failed': 'This part could not be loaded.',
  'app.again': 'Try again',
  'source.open': 'Edit as text',
  'waterfall.open': 'Requests of this moment',
  'debugger.open': 'Debugger: the code at this moment',
  'debugger.of_node': 'Debug the code of {node}',
  'debugger.of_log': 'Debug the moment of this line',
  'code.insert': 'Insert code: a pattern, or starter code…',
  'tour.begin': 'Take the 60-second tour',
  'link.copy': 'Copy a link to this design',
  'picture.take_drawing': 'Drawing as a picture…',
};
