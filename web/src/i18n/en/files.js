/** The words of the documents that this browser keeps, and of the files they are saved to. */
export default {
  'files.untitled': 'Untitled',
  'files.save_as': 'Save as…',
  'files.save_anyway': 'Save anyway',
  'files.report': 'Report of the last run…',
  'files.left': '{name} is kept in this browser, not in a file.',
  'files.added': '{n|# more design is|# more designs are} in the list of designs.',
  'files.not_added': '{name} is not a design. Open it alone to see what is wrong with it.',
  'files.not_written': '{name} could not be written. Save it as another file.',
  'files.changed_outside': '{name} was changed by something else since it was opened here. Nothing was written.',
  'files.desk_failed': 'This part of the page could not be loaded, or this browser keeps nothing. Try again when the page is online.',

  'shelf.copied': '{name} is open in another tab. Your changes are kept as a copy.',
  'shelf.elsewhere': '{name} is open in another tab. What you change here becomes a copy.',
  'shelf.full': 'This browser has no room left to keep your work. Save it as a file, or delete designs and runs that you no longer need.',
  'shelf.save': 'Save as a file',

  'designs.title': 'Designs…',
  'tab.history': 'History',
  'history.not_kept': 'This browser does not keep the runs. Save the results as a file.',
};
