import type { DetectionFinding } from '@openclaw/contracts';
import { type AlertHandling, UNHANDLED } from '@openclaw/domain';

/** OCSF status: 1 New, 2 In Progress, 4 Resolved. */
const STATUS_ID: Readonly<Record<AlertHandling['status'], number>> = { open: 1, acknowledged: 2, closed: 4 };

/** A finding as it was raised, with its present status and who has done what about it. */
export const alertView = (finding: DetectionFinding, handling: AlertHandling = UNHANDLED) => {
  const { status, acknowledged, closed } = handling;
  return {
    ...finding,
    status_id: STATUS_ID[status],
    handling: {
      status,
      acknowledged: acknowledged === null ? null : { by: acknowledged.by, at: new Date(acknowledged.at).toISOString() },
      closed:
        closed === null
          ? null
          : { by: closed.by, at: new Date(closed.at).toISOString(), resolution: closed.resolution },
    },
  };
};
