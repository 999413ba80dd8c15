package org.craq.node.runtime;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** A stack of opened parts, which are closed in reverse order, once each. Not thread-safe. */
final class Parts implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Parts.class.getName());

    private final List<AutoCloseable> open = new ArrayList<>();

    <T extends AutoCloseable> T add(T part) {
        open.add(part);
        return part;
    }

    /** Replaces a part by one that closes it as well. */
    <T extends AutoCloseable> T replace(AutoCloseable former, T part) {
        open.set(open.indexOf(former), part);
        return part;
    }

    /** Closes all parts, even if some of them fail to close. Idempotent. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            AutoCloseable last = open.remove(open.size() - 1);
            try {
                last.close();
            } catch (Exception e) {
                LOG.log(Level.WARNING, last.getClass().getSimpleName() + " failed to close", e);
            }
        }
    }
}
