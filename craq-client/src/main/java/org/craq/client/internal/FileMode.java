package org.craq.client.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** The permissions of a file; empty where the file system has none. */
record FileMode(Optional<Set<PosixFilePermission>> permissions) {
    /** Readable and writable by the owner only. */
    static final FileMode PRIVATE = new FileMode(Optional.of(PosixFilePermissions.fromString("rw-------")));

    FileMode {
        permissions = permissions.map(Set::copyOf);
    }

    /** Returns a mode that changes nothing. */
    static FileMode unknown() {
        return new FileMode(Optional.empty());
    }

    /** Returns the permissions of a file; for a symbolic link, those of the link itself. */
    static FileMode of(Path path) throws IOException {
        Optional<PosixFileAttributeView> view = view(path);
        return view.isPresent()
                ? new FileMode(Optional.of(view.get().readAttributes().permissions()))
                : unknown();
    }

    /**
     * Returns the permissions that a download's target gets: those of the existing file, or else those that any new
     * file gets.
     *
     * @param fresh a file that was created without stating permissions
     */
    static FileMode forTarget(Path target, Path fresh) throws IOException {
        return of(Files.exists(target) ? target : fresh);
    }

    /** Returns the attributes that give a file this mode from its creation on. */
    FileAttribute<?>[] whenMade(Path path) {
        return view(path)
                .flatMap(view -> permissions)
                .map(PosixFilePermissions::asFileAttribute)
                .map(attribute -> new FileAttribute<?>[] {attribute})
                .orElse(new FileAttribute<?>[0]);
    }

    void set(Path path) throws IOException {
        Optional<PosixFileAttributeView> view = view(path);
        if (view.isPresent() && permissions.isPresent()) {
            view.get().setPermissions(permissions.get());
        }
    }

    private static Optional<PosixFileAttributeView> view(Path path) {
        return Optional.ofNullable(
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS));
    }
}
