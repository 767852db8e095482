/**
 * A metadata answer in which every broker has the port of its proxy. Kafka protocol guide, Metadata response, up to
 * version 8 (kafkajs asks for 6 at most): length, correlation id, from version 3 the throttle time, then brokers as
 * (node id, host, port, from version 1 rack). Hosts stay: the proxies listen on the brokers' address.
 */
export const withPorts = (frame: Buffer, version: number, ports: ReadonlyMap<number, number>): Buffer => {
  const answer = Buffer.from(frame);
  let at = version >= 3 ? 12 : 8;
  const brokers = answer.readInt32BE(at);
  at += 4;
  for (let i = 0; i < brokers; i += 1) {
    at += 4;
    at += 2 + answer.readInt16BE(at);
    const port = answer.readInt32BE(at);
    answer.writeInt32BE(ports.get(port) ?? port, at);
    at += 4;
    if (version >= 1) at += 2 + Math.max(answer.readInt16BE(at), 0);
  }
  return answer;
};
