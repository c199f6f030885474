/** The speeds offered: simulated seconds per second of real time, or as fast as the machine can. */

/** @type {readonly import('../types.js').Speed[]} */
export const SPEEDS = [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 100, 'max'];

/** @param {import('../types.js').Speed} speed @param {(key: string) => string} t */
export const speedText = (speed, t) => (speed === 'max' ? t('run.speed_max') : `${speed}×`);
