package org.craq.node.files;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Ends uploads whose client has sent nothing for too long. The deadline is one of progress: slow is fine, silent is not. */
public final class StalledUploads {
    private static final long PATIENCE_SECONDS = 60;

    /** An upload that waits for its client. */
    interface Watched {
        /** By {@link System#nanoTime}. */
        long lastProgress();

        /** True while others come first, so that the client has nothing to send; it is told so. */
        boolean inLine();

        void giveUp(String reason);
    }

    private final Set<Watched> open = ConcurrentHashMap.newKeySet();

    void watch(Watched upload) {
        open.add(upload);
    }

    void forget(Watched upload) {
        open.remove(upload);
    }

    /** To be called every few seconds. */
    public void sweep() {
        long now = System.nanoTime();
        for (Watched upload : open) {
            if (!upload.inLine() && now - upload.lastProgress() > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                upload.giveUp("nothing was received for " + PATIENCE_SECONDS + " s; nothing was written");
            }
        }
    }
}
