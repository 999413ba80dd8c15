package org.craq.client;

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

/** Who may read and write a file, where the file system knows of such a thing. */
record FileMode(Optional<Set<PosixFilePermission>> permissions) {
    /** The owner and nobody else. */
    static final FileMode PRIVATE = new FileMode(Optional.of(PosixFilePermissions.fromString("rw-------")));

    FileMode {
        permissions = permissions.map(Set::copyOf);
    }

    /** None that could be set. */
    static FileMode unknown() {
        return new FileMode(Optional.empty());
    }

    /** Of a file, not of what a link leads to. */
    static FileMode of(Path path) throws IOException {
        Optional<PosixFileAttributeView> view = view(path);
        return view.isPresent()
                ? new FileMode(Optional.of(view.get().readAttributes().permissions()))
                : unknown();
    }

    /**
     * What a target gets: what the file has that is there, or what any new file has.
     *
     * @param fresh a file that was made without saying who may read it
     */
    static FileMode forTarget(Path target, Path fresh) throws IOException {
        return of(Files.exists(target) ? target : fresh);
    }

    /** So that a file has it from the beginning on. */
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
