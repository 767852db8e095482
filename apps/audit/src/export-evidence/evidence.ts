import { createHash } from 'node:crypto';
import { type Field, csvRecord } from './csv';

export type Format = 'csv' | 'ndjson';

/** How far one partition of the log goes in an export. */
export interface PartitionEnd {
  readonly partition: number;
  readonly logId: string;
  /** Last position; -1 = nothing yet. */
  readonly position: number;
}

/** A view that can be exported: rows of each partition in the order of the log, as auditors see them. */
export interface EvidenceSource {
  readonly name: string;
  /** Name of the projection that fills the view. */
  readonly projection: string;
  readonly columns: readonly string[];
  /** At most `limit` rows after `after`, each with its position, as an object and as the fields of its columns. */
  page(end: PartitionEnd, after: number, limit: number): Promise<readonly EvidenceRow[]>;
}

export interface EvidenceRow {
  readonly position: number;
  readonly asObject: object;
  readonly asFields: readonly Field[];
}

export interface Summary {
  readonly count: number;
  readonly bytes: number;
  /** Of the whole file, lower-case hex: what `sha256sum` prints. */
  readonly sha256: string;
}

const PAGE = 1000;

/**
 * The file, piece by piece: the same range gives the same bytes at every call, because the log below it does not change.
 * Memory holds one page.
 */
export async function* evidenceFile(
  source: EvidenceSource,
  format: Format,
  ends: readonly PartitionEnd[],
): AsyncGenerator<string> {
  if (format === 'csv') yield csvRecord(source.columns);
  for (const end of ends) {
    for (let after = -1; after < end.position;) {
      const rows = (await source.page(end, after, PAGE)).filter(({ position }) => position <= end.position);
      const last = rows.at(-1);
      if (last === undefined) break;
      yield rows.map((row) => line(row, format)).join('');
      after = last.position;
    }
  }
}

/** Reads the whole file and says what it is. */
export const summarize = async (file: AsyncIterable<string>, format: Format): Promise<Summary> => {
  const hash = createHash('sha256');
  let [records, bytes] = [0, 0];
  for await (const piece of file) {
    hash.update(piece);
    bytes += Buffer.byteLength(piece);
    records += recordsIn(piece, format);
  }
  return { count: format === 'csv' ? records - 1 : records, bytes, sha256: hash.digest('hex') };
};

const line = ({ asObject, asFields }: EvidenceRow, format: Format): string =>
  format === 'csv' ? csvRecord(asFields) : `${JSON.stringify(asObject)}\n`;

/** Line ends that end a record: in CSV not those between quotes. */
const recordsIn = (piece: string, format: Format): number => {
  if (format === 'ndjson') return piece.split('\n').length - 1;
  const quotedAway = piece.replace(/"(?:[^"]|"")*"/g, '');
  return quotedAway.split('\r\n').length - 1;
};
