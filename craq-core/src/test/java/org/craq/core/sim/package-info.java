/**
 * A deterministic simulation of whole clusters: every run follows from one seed.
 *
 * <p>{@code World} is one run. {@code SimNode} is a {@code Machine} with its {@code Disk}, {@code SimMember} one life of the
 * process on it: a real {@code Replica} and a model of its driver ({@code DiskWriter}, {@code Contents}, {@code Neighbours},
 * {@code Requests}, {@code Heartbeats}). {@code SimManager} is a machine with a manager, {@code Office} one life of it with the
 * real {@code Election}, {@code Administration} what it decides by the real {@code ChainPlanner}; {@code ManagerDatabase} is
 * what all of them share. {@code SimClient} reads and writes, {@code Nemesis} makes trouble. {@code MarkWatch},
 * {@code Invariants}, {@code Lineage} and {@code Ledger} look on after every event, {@code HistoryChecker} judges in the end
 * what the clients were told.
 *
 * <p>Each {@code Flaw} is a wrong driver or manager that must be found out; {@code Provocation} says in what kind of run. A
 * {@code Story} is a run that is told instead of drawn.
 */
package org.craq.core.sim;
