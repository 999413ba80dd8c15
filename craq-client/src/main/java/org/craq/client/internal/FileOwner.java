package org.craq.client.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The current user as an owner of files.
 *
 * @param user the user's numeric id; empty where the system has none
 */
record FileOwner(Optional<Object> user) {
    private static final String UNIX = "unix";
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int ACCESS = 0777;
    private static final int PRIVATE = 0600;

    /**
     * Returns the owner of a new file, which is the current user.
     *
     * @param made a file that this process has just created
     */
    static FileOwner of(Path made) throws IOException {
        return new FileOwner(
                knowsUsers(made)
                        ? Optional.of(Files.getAttribute(made, UNIX + ":uid", LinkOption.NOFOLLOW_LINKS))
                        : Optional.empty());
    }

    /** Tells whether the path is a regular file of this user that has no other name and that nobody else may open. */
    boolean aloneHas(Path path) throws IOException {
        if (!knowsUsers(path)) {
            return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        }
        Map<String, Object> found = Files.readAttributes(path, UNIX + ":uid,mode,nlink", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) found.get("mode");
        return user.equals(Optional.of(found.get("uid")))
                && (mode & TYPE) == REGULAR
                && (mode & ACCESS) == PRIVATE
                && (Integer) found.get("nlink") == 1;
    }

    private static boolean knowsUsers(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains(UNIX);
    }
}
