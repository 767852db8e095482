import { createLogger, runApp } from '@openclaw/platform';
import { startValidator } from './start-validator';
import { validatorConfig } from './validator.config';

const logger = createLogger('validator');
void runApp('validator', () => startValidator(validatorConfig(process.env), logger), logger);
