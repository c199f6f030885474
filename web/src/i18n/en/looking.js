export default {
  'source.title': 'Design as text',
  'source.close': 'Close the text',
  'source.width': 'Width of the text',
  'source.in_step': 'The drawing follows.',
  'source.not_taken': 'Not a design yet: the drawing waits.',
  'source.conflict': 'The drawing changed the same lines that you are writing. Mend the text and it is taken, or',
  'source.take_drawing': 'take the text of the drawing',
};
