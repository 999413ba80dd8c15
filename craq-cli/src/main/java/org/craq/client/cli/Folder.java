package org.craq.client.cli;

import java.io.IOException;
import org.craq.client.CraqClient;

/** The files of a folder to be stored or read. */
interface Folder {
    /** Returns the total size of the files as of now, for the progress bar. */
    long total(CraqClient client) throws IOException, InterruptedException;

    /** Submits the files to be transferred, one by one. */
    void transfer(CraqClient client, Transfers transfers) throws IOException, InterruptedException;
}
