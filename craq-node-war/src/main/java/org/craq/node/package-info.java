/**
 * The wiring of a node's deployment: starts and stops the node with its WAR and lists its REST resources. Nothing else imports this
 * package.
 *
 * <p>The layers below it, each of which uses only lower ones: {@code rest} and {@code admin} (HTTP for users and for operators);
 * {@code runtime} (the running node); {@code rpc} and {@code uploads} (gRPC and content port; resumable uploads); {@code files}
 * (operations on files); {@code replication} (the chain); {@code metadata} (the database); {@code store} (chunks on disk).
 * {@code membership} is the link to the manager, {@code content} the content port, and {@code config}, {@code threads} and
 * {@code metrics} serve all of them.
 */
package org.craq.node;
