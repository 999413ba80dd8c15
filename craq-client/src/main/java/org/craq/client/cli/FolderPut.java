package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Set;
import java.util.StringJoiner;
import org.craq.client.CraqClient;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;

/** Walks a folder and hands its files in to be stored. What is no regular file is said and passed over. */
final class FolderPut implements Folder {
    private final Path folder;
    private final String prefix;
    private final boolean follow;
    private final PutOptions options;
    private final TransferReport report;
    private final LocalNames names = LocalNames.ofProcess();

    /** @param prefix what stands in front of the relative paths: empty, or with a slash at its end */
    FolderPut(Path folder, String prefix, boolean follow, PutOptions options, TransferReport report)
            throws IOException {
        // Walking does not follow links, but the one that the user named is meant to be.
        this.folder = Files.isSymbolicLink(folder) ? folder.toRealPath() : folder;
        this.prefix = prefix;
        this.follow = follow;
        this.options = options;
        this.report = report;
    }

    private interface Found {
        void file(Path path, BasicFileAttributes attributes) throws InterruptedException;
    }

    @Override
    public long total(CraqClient client) throws IOException, InterruptedException {
        long[] sum = new long[1];
        walk((path, attributes) -> sum[0] += attributes.isRegularFile() ? attributes.size() : 0, false);
        return sum[0];
    }

    @Override
    public void transfer(CraqClient client, Transfers transfers) throws IOException, InterruptedException {
        walk(
                (path, attributes) -> {
                    if (transfers.hopeless()) {
                        report.untried();
                    } else if (attributes.isRegularFile()) {
                        transfers.add(names.shown(path), progress -> {
                            Receipt receipt = client.put(name(path), path, options.withProgress(progress));
                            report.line(TransferReport.line(receipt), Json.of(receipt));
                            return receipt.length();
                        });
                    } else {
                        report.skipped(
                                names.shown(path),
                                attributes.isSymbolicLink()
                                        ? "is a symbolic link (--follow stores what it leads to)"
                                        : "is no regular file");
                    }
                },
                true);
    }

    private String name(Path path) throws IOException {
        StringJoiner name = new StringJoiner("/");
        try {
            for (Path part : folder.relativize(path)) {
                name.add(names.text(part));
            }
        } catch (FileSystemException e) {
            throw (FileSystemException) new FileSystemException(names.shown(path), null, e.getReason()).initCause(e);
        }
        return prefix + name;
    }

    /** @param tell whether what can't be looked into is to be told */
    private void walk(Found found, boolean tell) throws IOException, InterruptedException {
        Set<FileVisitOption> options =
                follow ? EnumSet.of(FileVisitOption.FOLLOW_LINKS) : EnumSet.noneOf(FileVisitOption.class);
        InterruptedException[] interrupted = new InterruptedException[1];
        Files.walkFileTree(folder, options, Integer.MAX_VALUE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                try {
                    found.file(path, attributes);
                    return FileVisitResult.CONTINUE;
                } catch (InterruptedException e) {
                    interrupted[0] = e;
                    return FileVisitResult.TERMINATE;
                }
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException failure) {
                if (tell && failure instanceof FileSystemLoopException) {
                    report.skipped(names.shown(path), "leads back to a folder that it is in");
                } else if (tell) {
                    report.failed(names.shown(path), failure);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        if (interrupted[0] != null) {
            throw interrupted[0];
        }
    }
}
