package org.craq.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.craq.client.FailureReason;

/**
 * Allows only one command at a time to start and stop servers of a data directory. The lock ends with the process at
 * the latest.
 */
final class ClusterLock {
    private ClusterLock() {}

    static void during(Path dataDirectory, Runnable change) {
        Path file = dataDirectory.resolve("lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (tryLock(channel)) {
                change.run();
                return;
            }
        } catch (IOException e) {
            throw new ClusterException(file + " can't be locked: " + FailureReason.ofFile(e), e);
        }
        throw new ClusterException("Another command is starting or stopping servers in " + dataDirectory
                + " at the moment. Repeat this one when it is done.");
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock()).isPresent();
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
