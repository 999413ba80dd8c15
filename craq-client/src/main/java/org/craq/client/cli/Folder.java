package org.craq.client.cli;

import java.io.IOException;
import org.craq.client.CraqClient;

/** The files of a folder that are to be stored or read. */
interface Folder {
    /** For a bar: the bytes of all of them, as they are now. */
    long total(CraqClient client) throws IOException, InterruptedException;

    /** Hands them in, one by one. */
    void transfer(CraqClient client, Transfers transfers) throws IOException, InterruptedException;
}
