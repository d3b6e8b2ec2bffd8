import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from '@playwright/test'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Starts the machine's own Chromium, cut off from everything it would fetch for itself. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

function findChromium(): string {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(':')]
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram)
  if (found === undefined) {
    throw new Error('Chromium is missing on this machine: run `./bench doctor --fix`')
  }
  return found
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
