package org.craq.node.runtime;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** What has been opened, in order; closes it in reverse, once. Not thread-safe. */
final class Parts implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Parts.class.getName());

    private final List<AutoCloseable> open = new ArrayList<>();

    <T extends AutoCloseable> T add(T part) {
        open.add(part);
        return part;
    }

    /** Puts a part that closes another one in that one's place. */
    <T extends AutoCloseable> T replace(AutoCloseable former, T part) {
        open.set(open.indexOf(former), part);
        return part;
    }

    /** A part that does not close does not keep the others from it. Idempotent. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            AutoCloseable last = open.remove(open.size() - 1);
            try {
                last.close();
            } catch (Exception e) {
                LOG.log(Level.WARNING, last.getClass().getSimpleName() + " did not close", e);
            }
        }
    }
}
