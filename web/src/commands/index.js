export { addNode } from './add_node.js';
export { connect } from './connect.js';
export { duplicateNodes } from './duplicate_nodes.js';
export { moveNodes } from './move_nodes.js';
export { removeItems } from './remove_items.js';
export { renameNode } from './rename_node.js';
export { setValue } from './set_value.js';
