package org.craq.server.audit;

import org.craq.server.Sweeps;
import org.craq.wire.tls.TlsCredentials;

/** Takes changed TLS files, and writes to the audit trail what came of it. */
public final class AuditedReload implements Sweeps.Step {
    private final AuditTrail trail;
    private final TlsCredentials credentials;
    private String failure = "";

    /** Creates it; each run looks at the files once. */
    public AuditedReload(AuditTrail trail, TlsCredentials credentials) {
        this.trail = trail;
        this.credentials = credentials;
    }

    @Override
    public synchronized void run() {
        String before = credentials.digest();
        credentials.reload();
        if (!credentials.digest().equals(before)) {
            trail.add(AuditRecord.ofServer(
                    "certificate",
                    AuditRecord.OK,
                    credentials.identity() + " until " + credentials.expires() + ", authorities until "
                            + credentials.authoritiesExpire()));
        }
        String now = credentials.lastFailure();
        if (!now.equals(failure) && !now.isEmpty()) {
            trail.add(AuditRecord.ofServer("certificate", "REFUSED", now));
        }
        failure = now;
    }
}
