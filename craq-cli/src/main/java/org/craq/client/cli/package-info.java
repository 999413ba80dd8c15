/**
 * The command line {@code craq}. {@link org.craq.client.cli.Main} is the entry point and {@link
 * org.craq.client.cli.CraqCommand} lists the subcommands; each is a class of its own that uses {@link
 * org.craq.client.CraqClient}. Large files are stored by resumable uploads, see {@link org.craq.client.PutOptions#withResume}. The commands that
 * start local clusters are added by the module server-config.
 */
package org.craq.client.cli;
