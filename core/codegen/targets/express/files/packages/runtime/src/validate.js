import Ajv2020 from 'ajv/dist/2020.js';

import { Problem } from './problem.js';

/**
 * Makes a checker from a schema of the service's own OpenAPI document, so that the document and the
 * checks cannot disagree.
 * @param {object} openapi
 * @param {string} name of a schema under components
 */
export function createValidator(openapi, name) {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });
  ajv.addVocabulary(['example']);
  const check = ajv.compile(openapi.components.schemas[name]);
  return (body) => {
    if (check(body)) return body;
    throw new Problem(400, 'validation', 'The body does not have the form that is asked for.', {
      extra: {
        errors: check.errors.map((error) => ({
          pointer: error.instancePath,
          detail: error.message,
        })),
      },
    });
  };
}
