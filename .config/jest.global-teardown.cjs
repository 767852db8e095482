/** Ends what the spec files of this run shared. */
module.exports = async () => {
  await globalThis.openclawBench?.stop();
};
