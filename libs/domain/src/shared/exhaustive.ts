/** Does not compile when a case of a union was forgotten; at run time it names what arrived. */
export const exhaustive = (value: never): never => {
  throw new TypeError(`unhandled case ${JSON.stringify(value)}`);
};
